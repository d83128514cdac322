/// What is shown where there is nothing.
enum MissingPage {
    /// The page for a trip that is not there.
    static let trip = Page.document(
        title: "No such trip",
        body: """
            <h1>No such trip</h1>
            <p>No trip of this name is known here. It may have been deleted, or its first upload is \
            still on its way: then it shows up within a second or two.</p>
            <p><a href="/">To the list of trips</a></p>
            """)
    /// The page while the list and the trips are not whole.
    static let rebuilding = Page.document(
        title: "Being rebuilt",
        body: """
            <h1>One moment</h1>
            <p>What this site shows is being put together again from the log. Nothing is lost; \
            please load the page again in a little while.</p>
            """)
    /// The page for a version that is not served.
    static let version = Page.document(
        title: "No such version",
        body: """
            <h1>No such version</h1>
            <p>The version that this address asks for is not served here. It may have been retired.</p>
            <p><a href="/">To the newest trips</a></p>
            """)
    /// The page for a place in the list that cannot be.
    static let list = Page.document(
        title: "No such page",
        body: """
            <h1>No such page</h1>
            <p>The address of this page of the list is not complete.</p>
            <p><a href="/">To the newest trips</a></p>
            """)
}
