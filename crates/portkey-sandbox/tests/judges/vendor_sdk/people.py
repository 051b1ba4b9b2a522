"""Users, invitations, workspaces and their members."""

from sandbox import ADMIN, HOME, control, equal, gone, listed, refused


def users_and_invites():
    invites, users = ADMIN.admin.users.invites, ADMIN.admin.users
    invited = invites.create(
        email="ada@example.com",
        role="member",
        workspaces=[{"id": HOME, "role": "member"}],
        workspace_api_key_details={"scopes": ["prompts.read"]},
    )
    assert invited.invite_link.startswith("https://"), invited
    invite = invites.retrieve(invite_id=invited.id)
    equal((invite.email, invite.role, invite.status), ("ada@example.com", "member", "pending"))
    equal(invite.accepted_at, None)
    equal(listed(invites.list(email="ada@example.com"), "id", invited.id)["status"], "pending")
    equal(invites.list(email="nobody@example.com").total, 0)
    refused(409, "AB07", invites.create, email="ada@example.com", role="member", workspaces=[])
    invites.resend(invite_id=invited.id)
    control("POST", f"invites/{invited.id}/accept")
    equal(invites.retrieve(invite_id=invited.id).status, "accepted")

    ada = listed(users.list(email="ada@example.com"), "email", "ada@example.com")
    equal(users.retrieve(user_id=ada["id"]).role, "member")
    users.update(user_id=ada["id"], role="admin")
    equal(users.retrieve(user_id=ada["id"]).role, "admin")
    equal(listed(users.list(role="admin", page_size=100), "id", ada["id"])["email"], "ada@example.com")
    equal(len(users.list(page_size=1, current_page=1).data), 1)
    users.delete(user_id=ada["id"])
    gone(users.retrieve, user_id=ada["id"])
    equal(users.list(email="ada@example.com").total, 0)

    cancelled = invites.create(email="bob@example.com", role="admin", workspaces=[])
    invites.delete(invite_id=cancelled.id)
    gone(invites.retrieve, invite_id=cancelled.id)


def workspaces_and_members():
    workspaces, members = ADMIN.admin.workspaces, ADMIN.admin.workspaces.users
    user = ADMIN.admin.users.list().data[0].id
    made = workspaces.create(name="SDK", description="Told in Python", defaults={"metadata": {"team": "sdk"}}, users=[])
    equal((made.name, made.description, made.object), ("SDK", "Told in Python", "workspace"))
    read = workspaces.retrieve(workspace_id=made.id)
    equal((read.slug, read.defaults["metadata"], read.is_default), (made.slug, {"team": "sdk"}, 0))
    equal(listed(workspaces.list(name="SDK"), "id", made.id)["slug"], made.slug)
    equal(workspaces.list(exact_name="SD").total, 0)
    equal(len(workspaces.list(page_size=1).data), 1)
    workspaces.update(workspace_id=made.id, name="SDK 2", description="Renamed")
    equal(workspaces.retrieve(workspace_id=made.slug).description, "Renamed")

    here = {"workspace_id": made.id}
    members.create(**here, users=[{"id": user, "role": "member"}])
    equal(members.retrieve(**here, user_id=user).role.removeprefix("ws-"), "member")
    members.update(**here, user_id=user, role="manager")
    equal(members.retrieve(**here, user_id=user).role.removeprefix("ws-"), "manager")
    equal(listed(members.list(**here), "id", user)["role"].removeprefix("ws-"), "manager")
    equal(members.list(**here, role="admin", page_size=5).total, 0)
    members.delete(**here, user_id=user)
    gone(members.retrieve, **here, user_id=user)

    refused(400, "AB01", workspaces.delete, workspace_id=made.id, name="SDK")
    workspaces.delete(workspace_id=made.id, name="SDK 2")
    gone(workspaces.retrieve, workspace_id=made.id)


LIVES = [users_and_invites, workspaces_and_members]
