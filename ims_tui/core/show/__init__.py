"""What is shown and how: cells, lines, sentences, orders, exports."""
