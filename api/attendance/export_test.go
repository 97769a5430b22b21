package attendance

// What the tests of the service over a real store share with those of the rules.
var (
	Noon  = noon
	Small = small

	DrawSession  = drawSession
	DrawMarks    = drawMarks
	Shuffled     = shuffled[Fact]
	Cut          = cut[Fact]
	SameRegister = sameRegister
)
