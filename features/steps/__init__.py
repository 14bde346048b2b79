"""What the sentences of the features do. Each module speaks of one part; all of them use the driver alone."""
