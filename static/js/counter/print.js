// Tickets print themselves: after their sale, and whenever that is asked for.
if ("printNow" in document.body.dataset) print();
