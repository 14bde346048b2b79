"""The fakes of amostand and the stand that runs them."""
