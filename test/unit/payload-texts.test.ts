import { defaultPayloadConverter } from '@temporalio/common'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { expect, it } from 'vitest'
import { payloadTexts } from '../harness/payload-texts.ts'

const payloadOf = (value: unknown) => {
  const payload = defaultPayloadConverter.toPayload(value)
  if (payload === undefined) throw new Error('not a payload')
  return payload
}

it('finds the texts of payloads however deep they lie', () => {
  const json = historyToJSON({
    events: [
      {
        workflowExecutionStartedEventAttributes: {
          input: { payloads: [payloadOf({ name: 'shop' }), payloadOf('canary')] },
          memo: { fields: { uid: payloadOf('u-1') } },
        },
      },
      {
        activityTaskFailedEventAttributes: {
          failure: {
            message: 'plain',
            cause: { applicationFailureInfo: { details: { payloads: [payloadOf('deep')] } } },
          },
        },
      },
    ],
  })
  expect(json).not.toContain('canary')
  expect(payloadTexts(json)).toEqual(['{"name":"shop"}', '"canary"', '"u-1"', '"deep"'])
})

it('is not taken in by a word that merely is called data', () => {
  expect(payloadTexts('{"data":"c2hvcA==","other":[{"data":"c2hvcA=="}]}')).toEqual([])
})
