"""Composition: worlds, control plane, command line, pytest plugin. The only package that imports both fakes."""
