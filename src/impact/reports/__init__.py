"""From the published tables to what people hold: content as plain data first, then its forms, then a publication."""
