"""The control plane, `/_stand` (contract §1): one module per thing it controls."""
