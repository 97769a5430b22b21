-- Students sign in.

-- +goose Up
ALTER TABLE login DROP CONSTRAINT login_role_check;
ALTER TABLE login ADD CONSTRAINT login_role_check CHECK (role IN ('admin', 'teacher', 'student'));

-- +goose Down
DELETE FROM login WHERE role = 'student';
ALTER TABLE login DROP CONSTRAINT login_role_check;
ALTER TABLE login ADD CONSTRAINT login_role_check CHECK (role IN ('admin', 'teacher'));
