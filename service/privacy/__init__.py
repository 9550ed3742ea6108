"""What not everybody may read: sealed where it is kept (`vault`), masked where it is shown (`masking`)."""
