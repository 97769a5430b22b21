package main

// row is a promise: of what is measured, how it is called for people, and the limit.
type row struct {
	what string // "%s" is what the * of a benchmark's name stands for
	of   string // the benchmark's package and its name without "Benchmark"; may end in *
	unit string // which of its figures
	bare string // another one: what nothing could do without, measured beside it
	// At most or at least so much; of is of what is bare. None: it is only shown.
	most, least float64
	times       bool // as much as what is bare, so many times
}

// rows is the table; a promise is a line.
var rows = []row{
	{what: "student's dashboard, 8 readers, p95", of: "db/postgres.School/dashboard", unit: "p95-ms", bare: "sql-p95-ms", most: 15},
	{what: "overview, 8 readers, p95", of: "db/postgres.School/overview", unit: "p95-ms", bare: "sql-p95-ms", most: 100},
	{what: "overview of a term, 8 readers, p95", of: "db/postgres.School/overview_of_a_term", unit: "p95-ms", bare: "sql-p95-ms", most: 100},
	{what: "overview of a month, 8 readers, p95", of: "db/postgres.School/overview_of_a_month", unit: "p95-ms", bare: "sql-p95-ms", most: 100},
	{what: "trends, 8 readers, p95", of: "db/postgres.School/trends", unit: "p95-ms", bare: "sql-p95-ms", most: 100},
	{what: "course of 50, 8 readers, p95", of: "db/postgres.School/course", unit: "p95-ms", bare: "sql-p95-ms", most: 100},
	{what: "course of 600, 8 readers, p95", of: "db/postgres.School/course_of_a_hall", unit: "p95-ms", bare: "sql-p95-ms", most: 100},
	{what: "leaderboard of 600", of: "db/postgres.School/leaderboard_of_a_hall", unit: "ms", bare: "sql-ms", most: 50},
	{what: "%s, beside its SQL", of: "db/postgres.School/*", unit: "ms", bare: "sql-ms", most: 1.3, times: true},
	{what: "month of 400 classes and 300 students", of: "db/postgres.LongMonth", unit: "sec/op", most: 3},
	{what: "workbook of a whole course, as large", of: "db/postgres.LongRegister", unit: "sec/op", most: 3},
	{what: "upload of a pendrive", of: "db/postgres.Replay", unit: "facts/s", bare: "bare-facts/s", least: 0.7, times: true},
	{what: "300 check-ins within 5 s, p99", of: "api/online.CheckIn/within_5_s", unit: "p99-ms", most: 300},
	{what: "300 check-ins at once, the last", of: "api/online.CheckIn/at_once", unit: "max-ms", most: 5000},
	{what: "upload over a line of 200 ms", of: "api/server.Backlog", unit: "facts/s"},
	{what: "teachers' wait meanwhile, p99", of: "api/server.Backlog", unit: "p99-ms"},
	{what: "durable marks on a pendrive, 200 clients", of: "db/sqlite.Marks", unit: "marks/s", bare: "bare-marks/s", least: 0.5, times: true},
	{what: "each of them, p99", of: "db/sqlite.Marks", unit: "p99-ms", bare: "bare-p99-ms", most: 20},
	{what: "pendrive's start with a year's marks, the worst", of: "edge.Start", unit: "worst-s", most: 3},
	{what: "its memory", of: "edge.Start", unit: "peak-MB", most: 60},
}
