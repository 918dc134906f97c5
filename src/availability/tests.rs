//! Hours, deadlines, leads and spells of the room above, as stories about one engineer.
