/// What is shown where there is nothing to show: a heading, what it means, and where to go.
struct MessageView {
    let text: String
    let link: String
    let linkText: String

    /// For a trip that is not there.
    static let noTrip = MessageView(
        text: """
            No trip of this name is known here. It may have been deleted, or its first upload is \
            still on its way: then it shows up within a second or two.
            """, link: "/", linkText: "To the list of trips")
    /// While the list and the trips are not whole.
    static let rebuilding = MessageView(
        text: """
            What this site shows is being put together again from the log. Nothing is lost; please \
            load the page again in a little while.
            """, link: "", linkText: "Load it again")
    /// For a version that is not served.
    static let noVersion = MessageView(
        text: """
            The version that this address asks for is not served here. It may have been retired.
            """, link: "/", linkText: "To the newest trips")
    /// Where no comparison of versions is.
    static let noDiff = MessageView(
        text: "No comparison of versions lies in this data directory.", link: "/operator",
        linkText: "To the operator’s page")
    /// For what the log did not take.
    static let notTaken = MessageView(
        text: "The log does not take anything now, and nothing has changed. Please try again soon.",
        link: "/", linkText: "To the newest trips")
    /// For a link that shares nothing, or nothing any more.
    static let noShare = MessageView(
        text: """
            The link has ended, is not whole, or its trip was deleted. Whoever sent it can make a \
            new one.
            """, link: "/sign-in", linkText: "Sign in")
    /// For a place in the list that cannot be.
    static let noList = MessageView(
        text: "The address of this page of the list is not complete.", link: "/",
        linkText: "To the newest trips")
}
