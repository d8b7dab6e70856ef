// Command driftless-renderer renders many charts and kustomizations in one process, with the
// libraries of Helm and Kustomize themselves. It has no network, no plugins and no cluster: what
// could need them is declined, and the command line of the tool is asked in its place.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
)

// what the process may hold at all; the caller ends it before that where it can see its memory
const dataLimit = 1280 << 20

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Printf("helm %s\nkustomize %s\n", versionOf("helm.sh/helm/v3"), versionOf("sigs.k8s.io/kustomize/kustomize/v5"))
		return
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	limit := syscall.Rlimit{Cur: dataLimit, Max: dataLimit}
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
		return fmt.Errorf("cannot limit the memory: %w", err)
	}
	requests, answers := os.Stdin, os.Stdout
	nothing, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	// the libraries may read and write what they like: the caller is not there
	os.Stdin, os.Stdout = nothing, nothing
	for request := range read(requests) {
		if err := write(answers, answer(request)); err != nil {
			return err
		}
	}
	return nil
}

// versionOf is that of the library in use, as go.mod pins it.
func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, one := range info.Deps {
		if one.Path == module {
			return one.Version
		}
	}
	return "unknown"
}
