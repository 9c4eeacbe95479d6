"""What schools are told: new versions, changes of sub-processors, objections to them; and who wants to hear of it by mail."""
