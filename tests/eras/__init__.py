"""Files as they really are: several documents on a line, cut short, damaged, of every era."""
