package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/release"
)

// the options of `helm template` that an Application can ask for
type templateOptions struct {
	namespace   string
	kubeVersion string
	apiVersions []string
	includeCRDs bool
	skipTests   bool
	skipSchema  bool
	values      values.Options
}

// newTemplate is the command `helm template NAME .` with the options that we give, without a
// cluster for `lookup` and without anything that fetches.
func newTemplate(out io.Writer) *cobra.Command {
	var options templateOptions
	command := &cobra.Command{
		Use:          "template NAME CHART",
		Args:         cobra.ExactArgs(2),
		SilenceUsage: true,
		RunE: func(_ *cobra.Command, args []string) error {
			return template(out, args, &options)
		},
	}
	flags := command.Flags()
	flags.StringVarP(&options.namespace, "namespace", "n", "", "")
	flags.StringVar(&options.kubeVersion, "kube-version", "", "")
	flags.StringSliceVarP(&options.apiVersions, "api-versions", "a", nil, "")
	flags.BoolVar(&options.includeCRDs, "include-crds", false, "")
	flags.BoolVar(&options.skipTests, "skip-tests", false, "")
	flags.BoolVar(&options.skipSchema, "skip-schema-validation", false, "")
	flags.StringSliceVarP(&options.values.ValueFiles, "values", "f", nil, "")
	flags.StringArrayVar(&options.values.Values, "set", nil, "")
	flags.StringArrayVar(&options.values.StringValues, "set-string", nil, "")
	flags.StringArrayVar(&options.values.FileValues, "set-file", nil, "")
	return command
}

func template(out io.Writer, args []string, options *templateOptions) error {
	install, err := newInstall(args, options)
	if err != nil {
		return err
	}
	// no getter: what looks like an address is a file that is not there
	merged, err := options.values.MergeValues(getter.Providers{})
	if err != nil {
		return err
	}
	loaded, err := load(args[1])
	if err != nil {
		return err
	}
	rendered, err := install.Run(loaded, merged)
	if err != nil {
		return err
	}
	return print(out, rendered, options.skipTests)
}

func newInstall(args []string, options *templateOptions) (*action.Install, error) {
	install := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	if options.kubeVersion != "" {
		version, err := chartutil.ParseKubeVersion(options.kubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %s", options.kubeVersion, err)
		}
		install.KubeVersion = version
	}
	name, _, err := install.NameAndChart(args)
	if err != nil {
		return nil, err
	}
	install.ReleaseName = name
	install.Namespace = options.namespace
	if install.Namespace == "" {
		install.Namespace = "default"
	}
	install.DryRun = true
	install.DryRunOption = "true"
	install.ClientOnly = true
	install.Replace = true
	install.APIVersions = options.apiVersions
	install.IncludeCRDs = options.includeCRDs
	install.SkipSchemaValidation = options.skipSchema
	return install, nil
}

func load(folder string) (*chart.Chart, error) {
	// errors name the whole path
	place, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	loaded, err := loader.Load(place)
	if err != nil {
		return nil, err
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return nil, errors.Errorf("%s charts are not installable", kind)
	}
	if loaded.Metadata.Deprecated {
		fmt.Fprintln(os.Stderr, "WARNING: This chart is deprecated")
	}
	if err := action.CheckDependencies(loaded, loaded.Metadata.Dependencies); err != nil {
		return nil, errors.Wrap(err, "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies")
	}
	return loaded, nil
}

// print writes what Helm's command line writes: the manifests in the order of their installation,
// then the hooks.
func print(out io.Writer, rendered *release.Release, skipTests bool) error {
	if _, err := fmt.Fprintln(out, strings.TrimSpace(rendered.Manifest)); err != nil {
		return err
	}
	for _, hook := range rendered.Hooks {
		if skipTests && isTest(hook) {
			continue
		}
		if _, err := fmt.Fprintf(out, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest); err != nil {
			return err
		}
	}
	return nil
}

func isTest(hook *release.Hook) bool {
	for _, event := range hook.Events {
		if event == release.HookTest {
			return true
		}
	}
	return false
}
