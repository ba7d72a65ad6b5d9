"""`akhbar newspapers draft`: looks at a newspaper's site and writes the draft of its declaration."""
