package main

import (
	"io"
	"log/slog"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/edge/node"
)

// logFile lies beside the register, so that a drive that comes to the office
// brings its story. It holds no names, PINs or tokens, as no line of ours does.
const logFile = "edge.log"

// keepLog writes the log to the screen and, in the folder of the register, to a
// file that never takes more than four megabytes: a scanner that errs each second
// must not fill a pendrive. The rotation is lumberjack's, which half of Go uses:
// it needs no goroutine while nothing is full and leaves the file closed between
// programs.
func keepLog(c *node.Config, stderr io.Writer) io.Closer {
	file := &lumberjack.Logger{Filename: filepath.Join(c.Data, logFile), MaxSize: 1, MaxBackups: 3}
	c.Log = slog.New(rest.WithRequest{Handler: slog.NewMultiHandler(
		slog.NewTextHandler(stderr, nil), slog.NewTextHandler(file, nil),
	)})
	slog.SetDefault(c.Log) // what fails inside an operation
	return file
}
