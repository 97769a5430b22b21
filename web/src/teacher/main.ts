import { mount } from "svelte";
import "$lib/css/base.css";
import { language } from "$lib/i18n/index.svelte";
import App from "./App.svelte";

await language.choose(navigator.languages);
mount(App, { target: document.body });
