package main

import (
	"bytes"
	"io"
	"log"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type tool struct {
	// newCommand makes a fresh command for each render, so that no option outlives it.
	newCommand func(out io.Writer) *cobra.Command
	// options are those that neither run nor fetch anything; nil lets all of the command pass.
	options map[string]bool
	// logFlags is how the tool sets up its log.
	logFlags int
}

var tools = map[string]tool{
	"helm": {newCommand: newTemplate, logFlags: log.Lshortfile},
	"kustomize": {
		newCommand: newBuild,
		options:    map[string]bool{"load-restrictor": true, "reorder": true, "enable-managedby-label": true},
		logFlags:   log.LstdFlags,
	},
}

// answer renders what is asked for, or declines what the command line has to do.
func answer(request Request) Outcome {
	used, known := tools[request.Tool]
	if !known || !used.takes(request.Args) || os.Chdir(request.Folder) != nil {
		return Outcome{Declined: true}
	}
	var output bytes.Buffer
	command := used.newCommand(&output)
	command.SetArgs(request.Args[1:])
	log.SetFlags(used.logFlags)
	var failure error
	said := captured(func() { failure = command.Execute() })
	if failure != nil {
		return Outcome{Failed: true, Errors: said}
	}
	return Outcome{output: output.Bytes()}
}

// takes says whether this process may do what the command line names.
func (t tool) takes(args []string) bool {
	trial := t.newCommand(io.Discard)
	trial.SetErr(io.Discard)
	trial.SetOut(io.Discard)
	if len(args) == 0 || args[0] != trial.Name() || trial.ParseFlags(args[1:]) != nil {
		return false
	}
	permitted := true
	trial.Flags().Visit(func(flag *pflag.Flag) {
		permitted = permitted && (t.options == nil || t.options[flag.Name])
	})
	return permitted
}

// captured gives what the work writes to the standard error of the process.
func captured(work func()) string {
	reader, writer, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	defer reader.Close()
	written := make(chan string)
	go func() {
		text, _ := io.ReadAll(reader)
		written <- string(text)
	}()
	before := os.Stderr
	os.Stderr = writer
	log.SetOutput(writer)
	work()
	os.Stderr = before
	log.SetOutput(before)
	writer.Close()
	return <-written
}
