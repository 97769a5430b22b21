package main

// row is a promise: of what is measured, how it is called for people, and the limit.
// A benchmark's name may end in *, which is the "what" of as many rows.
type row struct {
	what string // "%s" is what * stands for
	of   string // the benchmark, without "Benchmark"
	unit string // which of its figures
	most float64
	// Or, beside another figure of the same benchmark: at most or at least so many
	// times as much.
	beside string
	least  float64
}

// rows is the table; a promise is a line.
var rows = []row{
	{what: "student's dashboard, 8 callers, p95", of: "School/dashboard", unit: "p95-ms", most: 15},
	{what: "overview, 8 callers, p95", of: "School/overview", unit: "p95-ms", most: 100},
	{what: "overview of a term, 8 callers, p95", of: "School/overview_of_a_term", unit: "p95-ms", most: 100},
	{what: "overview of a month, 8 callers, p95", of: "School/overview_of_a_month", unit: "p95-ms", most: 100},
	{what: "trends, 8 callers, p95", of: "School/trends", unit: "p95-ms", most: 100},
	{what: "course of 50, 8 callers, p95", of: "School/course", unit: "p95-ms", most: 100},
	{what: "course of 600, 8 callers, p95", of: "School/course_of_a_hall", unit: "p95-ms", most: 100},
	{what: "leaderboard of 600", of: "School/leaderboard_of_a_hall", unit: "ms", most: 50},
	{what: "%s, beside its bare SQL", of: "School/*", unit: "ms", beside: "sql-ms", most: 1.3},
	{what: "300 check-ins within 5 s, p99", of: "CheckIn/within_5_s", unit: "p99-ms", most: 300},
	{what: "300 check-ins at once, the last", of: "CheckIn/at_once", unit: "max-ms", most: 5000},
	{what: "register of 400 classes, 300 students, as a workbook", of: "LongRegister", unit: "sec/op", most: 3},
	{what: "month register of 400 classes, 300 students", of: "LongMonth", unit: "sec/op", most: 3},
	{what: "upload of a pendrive, beside the bare insert", of: "Replay", unit: "facts/s", beside: "bare-facts/s", least: 0.7},
}
