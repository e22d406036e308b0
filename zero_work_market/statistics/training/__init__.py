"""The registers of training: 人次 of subsidised training, and the counties' flagship courses."""
