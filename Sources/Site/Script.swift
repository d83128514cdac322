internal import Projection

/// The site's script: nothing is lost without it.
enum Script {
    /// Times of day in the reader's own zone.
    static let text = """
        "use strict";
        const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
        const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
        for (const time of document.querySelectorAll("time[datetime]")) {
            const format = time.hasAttribute("data-clock") ? clock : day;
            time.title = time.textContent;
            time.textContent = format.format(new Date(time.dateTime));
        }

        """
    /// Changes with the text.
    static let tag = String(ContentTag.of(Array(text.utf8)), radix: 16)
}
