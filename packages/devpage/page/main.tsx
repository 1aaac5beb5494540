import { render } from "preact";
import "./styles/tokens.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/screens.css";
import { connect } from "./data/connection.ts";
import { listenToKeys } from "./shell/keys.ts";
import { Shell } from "./shell/shell.tsx";

const root = document.querySelector("#app");
if (root !== null) render(<Shell />, root);
listenToKeys();
connect();
