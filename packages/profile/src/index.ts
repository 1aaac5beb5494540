export {
  profile,
  type ProfiledEngine,
  type ProfileOptions,
  ProfileRefused,
  type ProfileSurroundings,
  type TakenProfile,
} from "./profile.ts";
export { type ProfileHandler, profileHandler, type ProfileHandlerOptions, serveProfiles } from "./profile-handler.ts";
