"""Computes causal language models of transformers for pwff, which asks for it over standard input and output."""
