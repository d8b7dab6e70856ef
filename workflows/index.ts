export { application } from './application.ts'
export { repository } from './repository.ts'
