"""How far each placement has come on the evidence ladder."""
