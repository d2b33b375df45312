"""The benchmark: three questions with known answers, asked of satchel and of its rivals."""
