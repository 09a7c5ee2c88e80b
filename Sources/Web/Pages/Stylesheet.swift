/// The stylesheet of all pages, sent inside each page so that a saved page looks the same.
///
/// Colours come in pairs with a contrast of at least 4.5 to 1 in light and dark mode (WCAG 2.2, 1.4.3). Anything that a
/// colour shows is also shown by a word or a symbol.
enum Stylesheet {
    static let css: HTML = """
        \(colours)
        \(frame)
        \(tables)
        \(strips)
        \(narrow)
        """

    private static let colours: HTML = """
        :root { color-scheme: light dark;
          --ground: #f4f6f9; --card: #fff; --sunk: #f0f3f7; --line: #dde3ea; --text: #17212e; --soft: #556274;
          --link: #0b62c4; --good: #17744a; --goodback: #e2f4ea; --warning: #8a5a00; --warningback: #fdf1d8;
          --bad: #b42323; --badback: #fdeaea; --unknown: #556274; --unknownback: #e9edf2;
          --cellgood: #35ab6f; --cellwarning: #eeb03a; --cellbad: #d43a3a; --cellunknown: #a9b4c2; --rest: #e6ebf0; }
        @media (prefers-color-scheme: dark) { :root {
          --ground: #0e131a; --card: #171e28; --sunk: #1d2632; --line: #2b3644; --text: #e7ecf3; --soft: #9fadbd;
          --link: #79b8ff; --good: #5fd69a; --goodback: #14382a; --warning: #f0c05a; --warningback: #3d2f10;
          --bad: #ff8b85; --badback: #47191b; --unknown: #a9b6c5; --unknownback: #2a3441;
          --cellgood: #2fa56a; --cellwarning: #d9a032; --cellbad: #e2504a; --cellunknown: #66748a; --rest: #232d3a; } }
        """

    private static let frame: HTML = """
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        a { color: var(--link); text-decoration: none; }
        a:hover { text-decoration: underline; }
        a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
        .wrap { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; z-index: 1; }
        header { background: var(--card); border-bottom: 1px solid var(--line); }
        header .wrap { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 2rem; padding-top: .7rem;
          padding-bottom: .7rem; }
        .brand { margin: 0; font-weight: 650; }
        .brand a { color: inherit; }
        nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0; padding: 0; list-style: none; }
        nav a[aria-current] { color: inherit; font-weight: 600; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.6rem 0 .2rem; letter-spacing: -.01em; }
        h2 { font-size: 1.2rem; line-height: 1.3; margin: 0; }
        h3 { font-size: .95rem; margin: 1.5rem 0 .4rem; }
        h3 .soft { font-weight: 400; }
        .lead { margin: 0 0 1.3rem; color: var(--soft); }
        .soft { color: var(--soft); }
        .small { font-size: .85rem; }
        .mono, code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .85em; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: 1.1rem 1.25rem 1.3rem;
          margin: 0 0 1.25rem; box-shadow: 0 1px 2px rgb(0 0 0 / .04); }
        .head { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .7rem; }
        .tag { display: inline-block; white-space: nowrap; border-radius: 1rem; padding: .05rem .6rem; font-size: .82rem;
          font-weight: 600; background: var(--unknownback); color: var(--unknown); }
        .tag::before { content: "?"; margin-right: .35rem; }
        .tag.good { background: var(--goodback); color: var(--good); } .tag.good::before { content: "✓"; }
        .tag.warning { background: var(--warningback); color: var(--warning); } .tag.warning::before { content: "!"; }
        .tag.bad { background: var(--badback); color: var(--bad); } .tag.bad::before { content: "×"; }
        .note { border-left: 4px solid var(--unknown); background: var(--unknownback); border-radius: .35rem;
          padding: .55rem .9rem; margin: .9rem 0 0; }
        .note.bad { border-color: var(--bad); background: var(--badback); }
        .note.warning { border-color: var(--warning); background: var(--warningback); }
        .note p { margin: 0; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .8rem;
          margin: 0 0 1.25rem; padding: 0; list-style: none; }
        .tiles li { background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--unknown);
          border-radius: .6rem; padding: .7rem .9rem; }
        .tiles .good { border-top-color: var(--cellgood); } .tiles .warning { border-top-color: var(--cellwarning); }
        .tiles .bad { border-top-color: var(--cellbad); }
        .tiles p { margin: .25rem 0 0; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12.5rem), 1fr)); gap: .8rem 1.5rem;
          margin: 1rem 0 0; }
        .facts dt { font-size: .78rem; color: var(--soft); text-transform: uppercase; letter-spacing: .04em; }
        .facts dd { margin: .1rem 0 0; }
        @media (min-width: 60rem) { .facts .broad { grid-column: span 2; } }
        .running { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1rem; background: var(--sunk);
          border-radius: .5rem; padding: .6rem .9rem; margin: 1rem 0 0; }
        progress { flex: 1 1 12rem; min-width: 8rem; height: .6rem; appearance: none; border: 0; border-radius: .3rem;
          background: var(--rest); overflow: hidden; }
        progress::-webkit-progress-bar { background: var(--rest); }
        progress::-webkit-progress-value { background: var(--link); }
        progress::-moz-progress-bar { background: var(--link); }
        .search { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .6rem 0; }
        .search input, .search button { font: inherit; color: inherit; background: var(--card); padding: .25rem .6rem;
          border: 1px solid var(--line); border-radius: .4rem; }
        footer { color: var(--soft); font-size: .85rem; padding: .4rem 0 2.5rem; }
        """

    private static let tables: HTML = """
        table { width: 100%; border-collapse: collapse; font-size: .92rem; }
        th { text-align: left; font-weight: 600; font-size: .78rem; color: var(--soft); padding: .3rem .9rem .3rem 0;
          border-bottom: 1px solid var(--line); }
        td, th[scope=row] { padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
          overflow-wrap: break-word; }
        th[scope=row] { color: inherit; font-size: inherit; }
        th .soft { font-weight: 400; }
        .items, .collectors { table-layout: fixed; }
        .items th:nth-child(2) { width: 20rem; } .items th:nth-child(3) { width: 15rem; }
        .items th:nth-child(4) { width: 8.5rem; } .items th:nth-child(5) { width: 7rem; }
        .collectors th:nth-child(1) { width: 12rem; } .collectors th:nth-child(2) { width: 8.5rem; }
        .collectors th:nth-child(3) { width: 6rem; } .collectors th:nth-child(4) { width: 7.5rem; }
        .collectors th:nth-child(5) { width: 6rem; }
        .calls th[scope=row] { white-space: nowrap; } .calls td:last-child { width: 50%; }
        tr > :last-child { padding-right: 0; }
        tbody tr:last-child > * { border-bottom: 0; }
        .name { font-weight: 600; }
        .failure { color: var(--bad); font-weight: 600; }
        .late { color: var(--warning); font-weight: 600; }
        .fit { width: 1%; white-space: nowrap; }
        .more { margin: .6rem 0 0; }
        """

    private static let strips: HTML = """
        .strip { display: inline-flex; gap: 2px; width: 298px; max-width: 100%; justify-content: flex-end; height: 20px;
          border-radius: 3px; background: repeating-linear-gradient(to left, var(--rest) 0 8px, transparent 8px 10px); }
        .strip i { flex: 0 0 8px; width: 8px; overflow: hidden; height: 20px; border-radius: 2px; background: var(--cellunknown); color: #fff;
          font: 700 10px/20px system-ui, sans-serif; text-align: center; outline: 1px solid var(--card); }
        .strip i::before { content: "?"; }
        .strip .good { background: var(--cellgood); } .strip .good::before { content: none; }
        .strip .warning { background: var(--cellwarning); color: #3a2600; } .strip .warning::before { content: "!"; }
        .strip .bad { background: var(--cellbad); } .strip .bad::before { content: "×"; }
        .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0; padding: 0; list-style: none; }
        .legend li { display: flex; align-items: center; gap: .4rem; }
        .legend .strip { width: 8px; background: none; }
        """

    /// The rules that turn a table into a list of its rows; each cell names its column.
    private static let narrow: HTML = """
        @media (max-width: 52rem) {
          .wrap { padding: 0 .9rem; }
          .card { padding: .9rem .9rem 1rem; border-radius: .6rem; }
          thead { position: absolute; left: -999rem; }
          table, tbody, tr, td, th[scope=row] { display: block; width: auto; }
          tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
          tbody tr:last-child { border-bottom: 0; }
          td, th[scope=row], .fit, .calls td:last-child { border: 0; padding: .1rem 0; white-space: normal; width: auto; }
          td[data-label] { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .6rem; }
          td[data-label]::before { content: attr(data-label); color: var(--soft); font-size: .85rem; }
          td.wide { display: block; } td.wide::before { display: block; }
          td:empty { display: none; }
          .tag { white-space: normal; }
          .collectors tr { display: flex; flex-wrap: wrap; gap: .1rem 1rem; }
          .collectors th[scope=row], .collectors td.wide { flex: 1 1 100%; }
          .collectors td[data-label]:not(.wide) { display: flex; gap: .4rem; }
        }
        """
}
