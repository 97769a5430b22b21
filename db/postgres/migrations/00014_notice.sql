-- What students are told of their attendance, and every mail that leaves.

-- +goose Up

-- One mail to one person. It is written to the log before it is sent: a server that
-- is killed in between leaves it at 'sending', and nobody gets it twice.
CREATE TABLE mail (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('notice', 'report', 'test')),
    effect     text NOT NULL UNIQUE, -- what it is about: the same is never written twice
    student_id uuid REFERENCES student,
    recipients text[] NOT NULL CHECK (cardinality(recipients) > 0),
    subject    text NOT NULL,
    body       text NOT NULL,
    report_id  uuid, -- a finished report that goes with it
    state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unsure')),
    attempts   integer NOT NULL DEFAULT 0,
    error      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    sent_at    timestamptz
);
CREATE INDEX mail_created ON mail (created_at DESC, id DESC);
CREATE INDEX mail_student ON mail (student_id);
CREATE INDEX mail_trouble ON mail (created_at DESC, id DESC) WHERE state IN ('failed', 'unsure');

CREATE TABLE notice (
    id         uuid PRIMARY KEY,
    student_id uuid NOT NULL REFERENCES student,
    course_id  uuid NOT NULL REFERENCES course,
    corrects   uuid REFERENCES notice,
    band       text NOT NULL CHECK (band IN ('none', 'safe', 'warning', 'critical')),
    tally      jsonb NOT NULL,
    percent    double precision NOT NULL,
    needed     integer NOT NULL,
    through_at timestamptz NOT NULL, -- the start of the newest session counted
    created_at timestamptz NOT NULL,
    mail_id    uuid REFERENCES mail, -- NULL: not sent yet
    closed_at  timestamptz -- holds no more: the student recovered, or it was corrected
);
CREATE INDEX notice_open ON notice (course_id, student_id) WHERE closed_at IS NULL;
CREATE INDEX notice_unsent ON notice (student_id) WHERE mail_id IS NULL;
CREATE INDEX notice_mail ON notice (mail_id);
CREATE INDEX notice_corrects ON notice (corrects);

-- Students who asked for no mail.
CREATE TABLE mail_refusal (
    student_id uuid PRIMARY KEY REFERENCES student ON DELETE CASCADE,
    since      timestamptz NOT NULL
);

-- +goose Down
DROP TABLE mail_refusal;
DROP TABLE notice;
DROP TABLE mail;
