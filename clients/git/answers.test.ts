import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Answer, createAnswerParser } from './answers.ts'

const id = 'a'.repeat(40)
type Step = { readonly command: 'info' | 'contents'; readonly text: string | undefined }

/** What `git cat-file --batch-command` prints. */
function printed({ command, text }: Step): Buffer {
  if (text === undefined) return Buffer.from(`${id} missing\n`)
  const head = `${id} blob ${Buffer.byteLength(text)}\n`
  return Buffer.from(command === 'info' ? head : `${head}${text}\n`)
}

test('every question gets its own answer, wherever the chunks are cut', () => {
  const step = fc.record<Step>({
    command: fc.constantFrom('info', 'contents'),
    text: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(step), fc.array(fc.nat(200)), (steps, cuts) => {
      const questions = [...steps]
      const answers: Answer[] = []
      const parse = createAnswerParser({
        next: () => questions[0]?.command,
        answer: (answer) => {
          questions.shift()
          answers.push(answer)
        },
      })
      let rest = Buffer.concat(steps.map(printed))
      for (const cut of cuts) {
        parse(rest.subarray(0, cut))
        rest = rest.subarray(cut)
      }
      parse(rest)
      expect(answers).toEqual(
        steps.map(({ command, text }) =>
          text === undefined
            ? { found: false }
            : {
                found: true,
                id,
                type: 'blob',
                body: command === 'info' ? undefined : Buffer.from(text),
              },
        ),
      )
    }),
  )
})
