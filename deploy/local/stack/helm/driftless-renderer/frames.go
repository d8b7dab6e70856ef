package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
)

// Request is one command line of a tool.
type Request struct {
	Tool string   `json:"tool"`
	Args []string `json:"args"`
	// Folder is where the command line would run.
	Folder string `json:"folder"`
}

// Outcome is what the command line would have done.
type Outcome struct {
	// Declined asks the caller to run the command line: this process does not render that.
	Declined bool `json:"declined,omitempty"`
	Failed   bool `json:"failed,omitempty"`
	// Errors is what it would have written beside its output.
	Errors string `json:"errors,omitempty"`

	output []byte
}

// read hands over the requests one by one. When the caller is gone the process ends at once, also
// in the middle of a render that would never end.
func read(from io.Reader) <-chan Request {
	requests := make(chan Request)
	go func() {
		buffered := bufio.NewReader(from)
		for {
			var request Request
			body, err := readFrame(buffered)
			if err != nil || json.Unmarshal(body, &request) != nil {
				os.Exit(0)
			}
			requests <- request
		}
	}()
	return requests
}

func readFrame(from io.Reader) ([]byte, error) {
	var size uint32
	if err := binary.Read(from, binary.BigEndian, &size); err != nil {
		return nil, err
	}
	body := make([]byte, size)
	_, err := io.ReadFull(from, body)
	return body, err
}

// write answers with two frames: the outcome, then the output as it is.
func write(to io.Writer, outcome Outcome) error {
	head, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	frames := make([]byte, 0, len(head)+len(outcome.output)+8)
	for _, body := range [][]byte{head, outcome.output} {
		frames = binary.BigEndian.AppendUint32(frames, uint32(len(body)))
		frames = append(frames, body...)
	}
	_, err = to.Write(frames)
	return err
}
