"""A plan carried out: what stands from the last build is kept, the rest is made, and all of it is put down."""
