package lesson

import (
	"os"
	"os/exec"
	"testing"
)

// A teacher holds a lesson by keyboard on the pendrive's page and sees it on the
// cloud's, in a real browser. The steps are in web/test/lesson.test.mjs.
func TestALessonByKeyboardInABrowser(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	drive := s.plugIn(s.claim)
	cmd := exec.CommandContext(t.Context(), "node", "--test", "test/lesson.test.mjs")
	cmd.Dir = "../../../web"
	cmd.Env = append(os.Environ(), "EDGE_URL="+drive.url, "CLOUD_URL="+s.cloud,
		"COURSE_CODE="+courseCodes(t, drive.url)[0], "PIN="+demoPIN)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
