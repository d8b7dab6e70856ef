import { describe, expect, it } from 'vitest'
import { authorizationOf, presigned, signatureOf, signatureTime } from './signature.ts'

// the examples that AWS publishes for everybody who signs by himself
const suite = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

describe("AWS's signature, version 4", () => {
  it('is that of the case get-vanilla of the published suite', () => {
    const request = {
      method: 'GET',
      ...{ region: 'us-east-1', service: 'service' },
      ...{ url: new URL('https://example.amazonaws.com/'), time: '20150830T123600Z' },
      headers: { 'X-Amz-Date': '20150830T123600Z' },
    } as const
    expect(authorizationOf(request, suite)).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    )
  })

  it('is that of the published request for the users of IAM', () => {
    const url = new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08')
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      'X-Amz-Date': '20150830T123600Z',
    }
    expect(
      signatureOf(
        {
          ...{ method: 'GET', url, headers, region: 'us-east-1', service: 'iam' },
          time: '20150830T123600Z',
        },
        suite,
      ),
    ).toBe('5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7')
  })

  it('is that of the published presigned address of S3', () => {
    const url = presigned(
      {
        ...{ method: 'GET', url: new URL('https://examplebucket.s3.amazonaws.com/test.txt') },
        ...{ region: 'us-east-1', service: 's3', time: '20130524T000000Z' },
        payload: 'UNSIGNED-PAYLOAD',
      },
      {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      },
      86_400,
    )
    expect(url.searchParams.get('X-Amz-Signature')).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    )
  })

  it('has times without separators', () => {
    expect(signatureTime(Date.UTC(2015, 7, 30, 12, 36, 0, 123))).toBe('20150830T123600Z')
  })
})
