"""breaks

Revises: 0008
Created: 2026-11-29 10:06:12.513770
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Postings that are there already have no break.
    op.add_column('postings', sa.Column('break_minutes', sa.SmallInteger(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('postings', 'break_minutes')
