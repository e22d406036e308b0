"""What employers owe workers, and the facts that a complaint rests on."""
