"""The calendar: public holidays, the working days that make up for them, and the working day before a day."""
