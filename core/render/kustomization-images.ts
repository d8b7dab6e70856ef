import { fieldsOf, listOf, overridden } from './named-entries.ts'

type Image = { readonly name: string; readonly [field: string]: unknown }

/** The images of a kustomization with those of an Application in place of the same ones (KUST-02). */
export function withImages(before: unknown, images: readonly string[]): readonly unknown[] {
  return overridden(
    before,
    images.map((text) => withKept(imageOf(text), before)),
  )
}

/** `[old=]new[:tag|@digest]` */
function imageOf(text: string): Image {
  const equals = text.indexOf('=')
  const image = text.slice(equals + 1)
  const digestAt = image.indexOf('@')
  const tagAt = image.indexOf(':', image.lastIndexOf('/') + 1)
  const end = digestAt >= 0 ? digestAt : tagAt >= 0 ? tagAt : image.length
  const newName = image.slice(0, end)
  return {
    name: equals < 0 ? newName : text.slice(0, equals),
    ...(equals >= 0 && { newName }),
    ...(digestAt >= 0 && { digest: image.slice(digestAt + 1) }),
    ...(digestAt < 0 && tagAt >= 0 && { newTag: image.slice(tagAt + 1) }),
  }
}

/** A `*` stands for what the kustomization says of the image already. */
function withKept(image: Image, before: unknown): Image {
  const { name } = image
  const old = fieldsOf(listOf(before).find((entry) => fieldsOf(entry).name === name))
  const fields = Object.entries(image).flatMap(([field, value]) => {
    const kept = value === '*' ? old[field] : value
    return kept === undefined ? [] : [[field, kept] as const]
  })
  return { ...Object.fromEntries(fields), name }
}
