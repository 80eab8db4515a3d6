"""The panel's words, one file a view: a name -> what it says in English and in Russian."""
