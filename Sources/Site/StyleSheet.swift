internal import Projection

/// The site's looks: for a phone first, light or dark as the reader's device is.
enum StyleSheet {
    /// Changes with the text.
    static let tag = String(ContentTag.of(Array(text.utf8)), radix: 16)

    /// Colours of text keep 4.5 : 1 to what they stand on, those of lines 3 : 1.
    static let text = """
        :root {
            --ground: #f7f7f4; --card: #ffffff; --ink: #1d2326; --faint: #566065; --line: #d9dcd8;
            --link: #0b5c7d; --accent: #0b5c7d; --severe: #a8201a; --moderate: #8a5a00;
            --s0: #7a6fae; --s1: #1f78b4; --s2: #12806a; --s3: #8a7a00; --s4: #c2410c;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --ground: #14181a; --card: #1d2326; --ink: #e8ebe9; --faint: #a3adb0;
                --line: #353d41; --link: #7cc4e4; --accent: #7cc4e4; --severe: #ff8a80;
                --moderate: #f0b44c; --s0: #b3a8e6; --s1: #6db3e8; --s2: #4fc3a1; --s3: #d6c545;
                --s4: #ff9a62;
            }
        }
        * { box-sizing: border-box; }
        body {
            margin: 0; background: var(--ground); color: var(--ink);
            font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word;
        }
        header, main { max-width: 60rem; margin: 0 auto; padding: 0.75rem 1rem; }
        header { color: var(--faint); }
        main { padding-bottom: 4rem; }
        .brand { font-weight: 700; color: var(--ink); text-decoration: none; }
        a { color: var(--link); }
        a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        .skip { position: absolute; left: -99rem; }
        .skip:focus { left: 1rem; top: 0.5rem; background: var(--card); padding: 0.5rem; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; }
        h1, h2, bdi { overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
        p { margin: 0.5rem 0; max-width: 42rem; }
        .faint { color: var(--faint); }
        .trips { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: 0.75rem; }
        .trip {
            position: relative; display: flex; gap: 0.9rem; align-items: center;
            padding: 0.8rem; background: var(--card); border: 1px solid var(--line);
            border-radius: 0.6rem;
        }
        .trip h2 { margin: 0; font-size: 1.05rem; }
        .trip h2 a::after { content: ""; position: absolute; inset: 0; }
        .trip p { margin: 0; font-size: 0.95rem; }
        .score {
            flex: none; width: 3.4rem; height: 3.4rem; border-radius: 50%;
            border: 3px solid var(--accent); display: grid; place-items: center;
            font-weight: 700; font-size: 1.25rem;
        }
        .score.none { border-style: dashed; border-color: var(--faint); color: var(--faint); }
        .facts {
            display: grid; grid-template-columns: repeat(2, 1fr); gap: 0.6rem; margin: 1rem 0;
        }
        .facts div {
            background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem;
            padding: 0.5rem 0.8rem;
        }
        .facts dt { color: var(--faint); font-size: 0.9rem; }
        .facts dd { margin: 0; font-size: 1.2rem; font-weight: 600; }
        figure { margin: 1rem 0; }
        .map {
            display: block; width: 100%; height: auto; background: var(--card);
            border: 1px solid var(--line); border-radius: 0.6rem;
        }
        .map path { fill: none; stroke-linecap: round; stroke-linejoin: round; }
        .map .way { stroke-width: 5px; vector-effect: non-scaling-stroke; }
        .way.s0 { stroke: var(--s0); } .way.s1 { stroke: var(--s1); }
        .way.s2 { stroke: var(--s2); } .way.s3 { stroke: var(--s3); }
        .way.s4 { stroke: var(--s4); }
        .map .gap { vector-effect: non-scaling-stroke; }
        path.gap { stroke: var(--faint); stroke-width: 2px; stroke-dasharray: 3 6; }
        .map .scale { stroke: var(--ink); stroke-width: 2px; vector-effect: non-scaling-stroke; }
        .map text { fill: var(--ink); font-size: 34px; }
        .sign { transform: scale(2.4); }
        .sign path, .sign circle, .sign rect {
            fill: var(--card); stroke: var(--ink); stroke-width: 2px;
            vector-effect: non-scaling-stroke;
        }
        .sign.severe path { fill: var(--severe); stroke: var(--ink); }
        .sign text { font-size: 13px; font-weight: 700; text-anchor: middle; }
        .sign.severe text { fill: var(--card); }
        figcaption { font-size: 0.9rem; color: var(--faint); }
        .legend { list-style: none; padding: 0; margin: 0.4rem 0; display: flex; flex-wrap: wrap;
            gap: 0.2rem 1rem; }
        .legend svg { width: 1.6rem; height: 0.9rem; vertical-align: middle; overflow: visible; }
        .legend path { fill: none; }
        .legend .way { stroke-width: 5px; }
        .legend .sign { transform: none; }
        .legend .sign path { fill: var(--card); stroke-width: 2px; }
        table { border-collapse: collapse; width: 100%; background: var(--card);
            border: 1px solid var(--line); border-radius: 0.6rem; }
        caption { text-align: left; color: var(--faint); padding: 0.3rem 0; }
        th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.4rem;
            border-top: 1px solid var(--line); }
        thead th { border-top: 0; color: var(--faint); font-weight: 600; font-size: 0.9rem; }
        .number { text-align: right; }
        .number, td time { white-space: nowrap; font-variant-numeric: tabular-nums; }
        tfoot td, tfoot th { font-weight: 700; border-top: 2px solid var(--ink); }
        .severe-word { color: var(--severe); font-weight: 600; }
        .moderate-word { color: var(--moderate); }
        .next { display: inline-block; padding: 0.6rem 0; }
        @media (min-width: 45rem) {
            .facts { grid-template-columns: repeat(3, 1fr); }
            .trips { grid-template-columns: repeat(2, 1fr); }
            .map text { font-size: 18px; }
            .sign { transform: scale(1.2); }
            .sign text { font-size: 13px; }
        }
        @media print { header, .skip { display: none; } }

        """
}
