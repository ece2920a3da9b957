"""Computes causal language models of transformers for pwff, which asks over standard input and output."""
