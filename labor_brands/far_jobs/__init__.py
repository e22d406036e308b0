"""Jobs elsewhere: partner regions' vacancies as a worker of ours sees and ranks them."""
