"""What a message says the workers are paid: not what agents get, nor what is taken off."""
