import { raw } from 'jq-wasm'
import { serve } from './serve.ts'

serve(({ input, filter }: { readonly input: string; readonly filter: string }) =>
  raw(input, filter, ['-c']),
)
