"""Who is who: joining, links, people, consent, removal, what was changed, messages to all."""
