"""What is kept of each item of a graded answer"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_response",
        sa.Column("submission_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("chosen", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("wrong", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("answer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("fraction >= 0 AND fraction <= 1", name="item_fraction_is_within_bounds"),
        sa.ForeignKeyConstraint(
            ["submission_id", "question"],
            ["hocvuso.question_grade.submission_id", "hocvuso.question_grade.question"],
            name="item_response_belongs_to_a_graded_question",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "question", "item"),
        schema="hocvuso",
    )
    op.create_index("attempts_by_module", "attempt", ["module_uuid"], unique=False, schema="hocvuso")
    op.add_column(
        "question_grade",
        sa.Column("codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="hocvuso",
    )
    op.add_column("question_grade", sa.Column("answered", sa.Boolean(), nullable=True), schema="hocvuso")
    op.execute(
        """
        UPDATE hocvuso.question_grade SET codes = ARRAY(
            SELECT DISTINCT note ->> 'code' FROM jsonb_array_elements(notes) AS note
            WHERE starts_with(note ->> 'code', 'MC-') ORDER BY 1
        )
        """
    )


def downgrade() -> None:
    op.drop_column("question_grade", "answered", schema="hocvuso")
    op.drop_column("question_grade", "codes", schema="hocvuso")
    op.drop_index("attempts_by_module", table_name="attempt", schema="hocvuso")
    op.drop_table("item_response", schema="hocvuso")
