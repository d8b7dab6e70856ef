export { announcements } from './announcements.ts'
export { application } from './application.ts'
export { notification } from './notification.ts'
export { repository } from './repository.ts'
