import { z } from 'zod'

/** The kinds of optional fields that the schemas of users' objects are made of. */
export const text = () => z.string().optional()
export const flag = () => z.boolean().optional()
export const integer = () => z.int().optional()
export const texts = () => z.array(z.string()).optional()
export const textMap = () => z.record(z.string(), z.string()).optional()
/** An object of which nothing but its being one is known. */
export const anything = () => z.looseObject({}).optional()
/** A list of `{name, value}`. */
export const named = () => z.array(z.looseObject({ name: text(), value: text() })).optional()
