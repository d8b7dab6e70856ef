package main

import (
	"io"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/build"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// newBuild is the command `kustomize build`; the options that run or fetch something are declined
// by name, see harmless.
func newBuild(out io.Writer) *cobra.Command {
	return build.NewCmdBuild(filesys.MakeFsOnDisk(), build.MakeHelp("kustomize", "build"), out)
}
