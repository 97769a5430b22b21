package main

import (
	"io"
	"log/slog"
	"path/filepath"
	"sync"

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
	file := &book{file: lumberjack.Logger{Filename: filepath.Join(c.Data, logFile), MaxSize: 1, MaxBackups: 3}}
	c.LetGo = file.Close
	c.Log = slog.New(rest.WithRequest{Handler: slog.NewMultiHandler(
		slog.NewTextHandler(stderr, nil), slog.NewTextHandler(file, nil),
	)})
	slog.SetDefault(c.Log) // what fails inside an operation
	return file
}

// book is a file that stays closed once it is: lumberjack would open it again for the
// next line, when the drive is about to be pulled out.
type book struct {
	mu   sync.Mutex
	shut bool
	file lumberjack.Logger
}

func (b *book) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return len(line), nil
	}
	return b.file.Write(line)
}

func (b *book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut = true
	return b.file.Close()
}
