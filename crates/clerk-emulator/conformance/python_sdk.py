"""clerk-backend-api: users, organizations, sessions, and a request's token."""

import importlib.metadata
import json
import os
import sys
import traceback
import urllib.request

import httpx
from clerk_backend_api import Clerk
from clerk_backend_api.security import authenticate_request
from clerk_backend_api.security.types import AuthenticateRequestOptions

URL = os.environ["CLERK_API_URL"]
SECRET = os.environ["CLERK_SECRET_KEY"]
failed = False


def works(what, check):
    global failed
    try:
        check()
        print(f"  ✓ {what}")
    except Exception:
        failed = True
        print(f"  ✗ {what}")
        traceback.print_exc(file=sys.stdout)


def emulator(path, body):
    request = urllib.request.Request(
        f"{URL}/emulator{path}",
        json.dumps(body).encode(),
        {"authorization": f"Bearer {SECRET}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


print(f"\nclerk-backend-api {importlib.metadata.version('clerk-backend-api')} (Python)")
clerk = Clerk(bearer_auth=SECRET, server_url=f"{URL}/v1")


def users():
    made = clerk.users.create(email_address=["python@conformance.example"], password="correct horse battery")
    assert clerk.users.get(user_id=made.id).id == made.id
    assert any(it.id == made.id for it in clerk.users.list(request={"limit": 100}))
    assert clerk.users.update(user_id=made.id, first_name="Ada").first_name == "Ada"
    assert clerk.users.ban(user_id=made.id).banned
    assert clerk.users.delete(user_id=made.id).deleted


def organizations():
    founder = clerk.users.create(email_address=["python2@conformance.example"], password="correct horse battery")
    made = clerk.organizations.create(request={"name": "Pythons", "created_by": founder.id})
    members = clerk.organization_memberships.list(organization_id=made.id)
    assert members.total_count == 1
    invitation = clerk.organization_invitations.create(organization_id=made.id, email_address="p@conformance.example", role="org:member")
    assert invitation.status == "pending"
    assert clerk.organizations.delete(organization_id=made.id).deleted


def sessions():
    made = emulator("/sign_in", {"email_address": "python3@conformance.example", "origin": "http://localhost:3999"})
    found = clerk.sessions.list(user_id=made["user_id"])
    assert found[0].id == made["session_id"]
    assert clerk.sessions.create_token(session_id=made["session_id"]).jwt
    request = httpx.Request("GET", "http://localhost:3999/", headers={"authorization": f"Bearer {made['token']}"})
    keys = urllib.request.urlopen(urllib.request.Request(f"{URL}/v1/jwks", headers={"authorization": f"Bearer {SECRET}"}))
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    import jwt
    key = jwt.PyJWKSet.from_dict(json.load(keys)).keys[0].key
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    state = authenticate_request(request, AuthenticateRequestOptions(secret_key=SECRET, jwt_key=pem, authorized_parties=["http://localhost:3999"]))
    assert state.is_signed_in, state.reason
    assert state.payload["sub"] == made["user_id"]


works("users: create, get, list, update, ban, delete", users)
works("organizations, memberships, invitations", organizations)
works("sessions, tokens, authenticate_request", sessions)
sys.exit(1 if failed else 0)
